"""ZIPs of pictures: what is in one (``reading``), under which names (``names``), and unpacking it into a batch of
uploads behind the page (``unpacking``). Nothing is ever written to the disk under a name that a ZIP gives."""
