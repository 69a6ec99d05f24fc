"""`certgateway keys status|rotate|retire`: the keys that wrap, named by their ids. A key itself is never printed."""

import argparse
import sys
from pathlib import Path

from certgateway import bootstrap
from certgateway.config import load_settings
from certgateway.services.rotate import retire, rotate
from certgateway.store.rotation import Left, find_left
from certgateway.store.transactions import Store
from certgateway.trust.keyfile import read_key_file


def run(options: argparse.Namespace) -> int:
    """Do what the verb says; exit 1 when a rotation came to no end, because others kept writing."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    store = bootstrap.store_of(settings)
    try:
        return {"status": _status, "rotate": _rotate, "retire": _retire}[options.verb](store, settings.key_file)
    finally:
        store.close()


def _status(store: Store, key_file: Path) -> int:
    *older, newest = read_key_file(key_file).ids
    left = find_left(store)
    sys.stdout.write(f"newest key {newest}\n")
    sys.stdout.write("".join(f"older key {each}\n" for each in older))
    sys.stdout.write(_left(left))
    return 0


def _rotate(store: Store, key_file: Path) -> int:
    done = rotate(store, key_file)
    sys.stdout.write(f"newest key {done.newest} ({'new' if done.added else 'from an earlier rotation'})\n")
    sys.stdout.write(f"data keys wrapped anew: {done.wrapped}\nvalues sealed anew: {done.sealed}\n")
    sys.stdout.write(_left(done.left))
    return 0 if done.left == Left(0, 0) else 1


def _retire(store: Store, key_file: Path) -> int:
    gone = retire(store, key_file)
    sys.stdout.write("".join(f"older key {each} is out of the file\n" for each in gone) or "there is no older key\n")
    return 0


def _left(left: Left) -> str:
    return f"under older keys: {left.keys} data keys, {left.values} values of the form without data keys\n"
