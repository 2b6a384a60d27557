import Hummingbird
import X509
import NIOSSL
enum ServerWarm {}
