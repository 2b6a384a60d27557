enum NodeWarm {}
