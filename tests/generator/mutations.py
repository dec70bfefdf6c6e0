"""What is left out of the runner, one thing at a time: journal writes, fences, looks, repairs."""

from __future__ import annotations

from tests.generator.mutants import Edit, Mutation

PG = "postgresql"

UNFENCED = (
    Edit("record", "Recorder.fence", "held.rowcount != 1", "False"),
    Edit("record", "Recorder._insert", "lock.c.token == self.token", "True"),
    Edit("record", "Recorder._mine", "lock.c.token == self.token", "True"),
)

JOURNAL = (
    Mutation("a step begins without a word", Edit("steps", "_persist", "State.STARTED")),
    Mutation("a finished step is not recorded", Edit("statements", "record", "recorder.entry(")),
    Mutation(
        "the schema after a step is not recorded", Edit("statements", "record", "recorder.picture(")
    ),
    Mutation(
        "a phase begins without a word",
        Edit("executor", "_steps", "phase not in journal.begun", "False"),
    ),
    Mutation(
        "a finished phase is not recorded", Edit("executor", "_finish", "State.PHASE_FINISHED")
    ),
    Mutation("a finished plan is not recorded", Edit("executor", "_finish", "State.PLAN_FINISHED")),
    Mutation(
        "what the release owns is not recorded",
        Edit("executor", "_finish", "recorder.store_release("),
    ),
    Mutation("a stored plan has no entry", Edit("executor", "_store", "State.PLAN_STORED")),
    Mutation(
        "an effect outside a transaction is not recorded",
        Edit("statements", "_one_by_one", "State.DONE"),
        online=True,
        engine=PG,
    ),
    Mutation(
        "a repair is not recorded",
        Edit("statements", "repair", "State.REPAIRED"),
        how="torn",
        online=True,
        engine=PG,
    ),
)

PROGRESS = (
    Mutation(
        "a chunk does not move the progress row on",
        Edit("backfill", "_chunk", "recorder.progress("),
    ),
    Mutation(
        "the progress row moves on in a transaction after the chunk's",
        Edit(
            "backfill",
            "_chunk",
            "    work.recorder.progress(",
            "    pass\nwith work.session.transaction(step.id) as connection:\n"
            "    work.recorder.progress(",
        ),
        where=("uuid/fill", "commit"),
    ),
    Mutation(
        "a fill does not look how far an earlier run came",
        Edit("backfill", "_begin", "found is not None", "False"),
        where=("uuid/fill", "after commit"),
    ),
)

LOOKS = (
    Mutation(
        "a phase runs steps that are done",
        Edit("executor", "_steps", "step.id not in journal.done", "True"),
        where=("after commit of main.servers",),
    ),
    Mutation(
        "an effect that is there is not seen",
        Edit("steps", "_look", "step.effect and _is(work, step.effect, live)", "False"),
        where=("ix_servers_host_id", "after statement"),
        online=True,
        engine=PG,
    ),
    Mutation(
        "nobody looks before a step",
        Edit("steps", "_look", "live == work.picture", "True"),
        where=("ix_servers_host_id", "after statement"),
        online=True,
        engine=PG,
    ),
    Mutation(
        "what committed by itself is not seen",
        Edit("steps", "_look", "step.effect and _is(work, step.effect, live)", "False"),
        where=("uuid/enforce", "after statement"),
        engine="mysql",
    ),
    Mutation(
        "what committed by itself is done again, which no server minds",
        Edit("steps", "_look", "live == work.picture", "True"),
        where=("uuid/enforce", "after statement"),
        engine="mysql",
    ),
    Mutation(
        "an index that is not valid is taken for built",
        Edit("steps", "_look", "return Look.PARTIAL", "return Look.AFTER"),
        how="torn",
        online=True,
        engine=PG,
    ),
)

LOCKS = (
    Mutation(
        "a journal write is not fenced",
        *UNFENCED,
        how="frozen",
        where=("uuid/fill", "after commit"),
    ),
    Mutation(
        "nothing is fenced",
        Edit("locks", "RunLock._check", "token != self.token", "False"),
        *UNFENCED,
        how="frozen",
        where=("ix_servers_host_id/build", "after commit"),
    ),
    Mutation(
        "a dead runner's lease lasts",
        Edit("liveness", "dead", "host != _host()", "True"),
        where=("expand", "after commit"),
    ),
)

NOTHING = Mutation("nothing is left out", where=("uuid/fill", "commit"))
MUTATIONS = (*JOURNAL, *PROGRESS, *LOOKS, *LOCKS)
