"""The public page on which a customer follows a request."""

import re

import requests


def follow(server, number, phone, session=None):
    """Ask with number and phone, as a browser does.

    :return: the last `requests.Response`
    """
    session = session or requests.Session()
    page = session.get(f"{server.url}/service/track", timeout=60)
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page.text)[1]
    return session.post(
        f"{server.url}/service/track",
        data={"number": number, "phone": phone, "csrf_token": token},
        timeout=60,
    )
