"""Door: programs ask (JSON), one module for each group of addresses."""

from services.map.api import areas, clusters, exports, layers, places

routers = [door.router for door in (places, clusters, exports, areas, layers)]
