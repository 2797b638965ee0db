"""The real trade: every workflow, the models of this machine, and a store for each account."""

from functools import cache
from uuid import UUID

from noteai import bootstrap
from noteai.adapters.near_store import NearStore
from noteai.objects import objects_of
from noteai.settings import Settings
from noteai.worker.trade import Equipment, Trade
from noteai.workflows import WORKFLOWS

_NEAR = 20 << 30
"""Bytes of fetched files that a machine keeps: some long lectures."""


def furnish(settings: Settings) -> Equipment:
    """Loads no model: that is left to the first stage that needs it.

    Raises: ApiKeyMissing, BadSetting.
    """
    objects = objects_of(settings)
    near = settings.cache_dir.absolute() / "near"

    @cache
    def store(account: UUID) -> NearStore:
        return NearStore(objects.store(account), near, str(account), _NEAR)

    return Equipment(store, bootstrap.build(settings).resources)


def everything() -> Trade:
    return Trade(WORKFLOWS, furnish)
