"""Indicators: whether working together helps. Pure functions of rows; each module has its definitions beside them.

`rows` are what is counted, `periods` when; `counting`, `satisfaction`, `solving`, `rhythm`, `venue_use` and `money`
compute; `suppression` keeps small numbers back; `reports` puts all of it together, `comparison` sets two beside each
other; `definitions` lists every figure with its one written definition.
"""
