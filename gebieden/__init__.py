"""Gebied, wijk and buurt, who works there, and where a point or an address lies."""
