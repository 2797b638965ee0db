"""What the Celery app promises."""

from celery import Celery

from noteai.worker.app import DEFAULT_QUEUE, QUEUES, make_app


def app() -> Celery:
    return make_app("redis://nowhere:1/0", "noteai:", 90_000.0)


def test_a_message_is_confirmed_after_its_work_and_comes_again_when_a_worker_is_lost() -> None:
    conf = app().conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1


def test_a_message_does_not_come_again_while_its_stage_may_still_run() -> None:
    assert app().conf.broker_transport_options["visibility_timeout"] == 90_000.0


def test_only_json_is_read_and_written() -> None:
    conf = app().conf
    assert conf.accept_content == ["json"]
    assert conf.task_serializer == conf.result_serializer == "json"


def test_results_are_not_kept() -> None:
    assert app().conf.task_ignore_result


def test_every_key_in_redis_has_the_prefix() -> None:
    conf = app().conf
    assert conf.broker_transport_options["global_keyprefix"] == "noteai:"
    assert conf.result_backend_transport_options["global_keyprefix"] == "noteai:"


def test_no_answer_of_redis_is_waited_for_without_end() -> None:
    conf = app().conf
    assert conf.broker_transport_options["socket_timeout"] > 0
    assert conf.redis_socket_timeout > 0


def test_celery_sends_no_events_of_its_own() -> None:
    assert not app().conf.worker_send_task_events
    assert not app().conf.task_send_sent_event


def test_there_is_a_queue_for_each_need() -> None:
    assert {queue.name for queue in app().conf.task_queues} == set(QUEUES)
    assert DEFAULT_QUEUE in QUEUES


def test_two_apps_know_nothing_of_each_other() -> None:
    one, other = app(), app()
    one.conf.update(task_acks_late=False)
    assert other.conf.task_acks_late
