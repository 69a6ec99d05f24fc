"""The conditions under which every other test runs: no network beyond this machine, and a warning is an error."""

import socket
import warnings

import pytest
from pytest_socket import SocketConnectBlockedError


def test_sockets_reach_no_further_than_this_machine() -> None:
    # An address set aside for documentation: were the guard gone, nobody would be called.
    # The guard warns before it raises, and a warning is an error here: either is a refusal.
    refusals = (SocketConnectBlockedError, UserWarning)
    with socket.socket() as outside, pytest.raises(refusals, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 9))


def test_sockets_reach_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning, match=r"^shown$"):
        warnings.warn("shown", stacklevel=1)
