"""What the registry thinks, as functions of values: no database, no network, no clock."""
