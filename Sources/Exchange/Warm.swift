enum ExchangeWarm {}
