"""The WebSub hub of the wire's own feeds (W3C Recommendation of 23 January 2018)."""
