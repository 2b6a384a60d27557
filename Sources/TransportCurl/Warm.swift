enum TransportCurlWarm {}
