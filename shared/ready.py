"""Asks the service that runs in this container whether it is ready: the health check of its image.

Only the standard library: it runs every few seconds, and loading the service would cost more than the answer.
"""

import http.client
import os
import sys


def is_ready(service: str, port: int) -> bool:
    """Say whether a service on this machine answers that it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", f"/{service}/health/ready")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(os.environ["SERVICE"], int(os.environ.get("OSIEDLE_PORT", "8000"))) else 1)
