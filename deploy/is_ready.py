"""Asks a service in the same container whether it is ready: the health check of docker-compose.yml."""

import http.client
import os
import sys


def main(service: str) -> int:
    """Give 0 when the service answers that it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("OSIEDLE_PORT", "8000")), timeout=4)
    try:
        connection.request("GET", f"/{service}/health/ready")
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
