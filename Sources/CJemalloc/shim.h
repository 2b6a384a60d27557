#pragma once
// Nothing is called by name: who links it allocates by it.
