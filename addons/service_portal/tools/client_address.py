"""Who is asking, as far as a limit on attempts is concerned."""

import ipaddress

UNKNOWN = "unknown"


def throttle_address(remote_addr):
    """Return the address, or the IPv6 network, that shares one limit.

    A household or a server owns a whole IPv6 /64, so counting single IPv6
    addresses would hand an attacker 2**64 of them.

    >>> throttle_address("203.0.113.7")
    '203.0.113.7'
    >>> throttle_address("2001:db8:1:2:aaaa::1")
    '2001:db8:1:2::/64'
    >>> throttle_address("::ffff:203.0.113.7")
    '203.0.113.7'
    >>> throttle_address("fe80::1%eth0")
    'fe80::/64'
    >>> throttle_address(None), throttle_address("not an address")
    ('unknown', 'unknown')
    """
    try:
        address = ipaddress.ip_address((remote_addr or "").partition("%")[0])
    except ValueError:
        return UNKNOWN
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
