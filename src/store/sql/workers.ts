import type { BotId, LaneId, WorkerId } from "../store.ts";
import type { Lives } from "./dialect.ts";
import type { Kind, Turn } from "./group_commit.ts";
import { answered, type Work } from "./work.ts";

/** The calls about workers, and about what only one of them may do. */
export interface WorkerKinds {
  readonly register: Kind<number, WorkerId>;
  readonly heartbeat: Kind<WorkerId, boolean>;
  readonly expire: Kind<WorkerId, void>;
  readonly release: Kind<{ worker: WorkerId; lanes: readonly LaneId[] | undefined }, void>;
  readonly retain: Kind<{ worker: WorkerId; lanes: readonly LaneId[] }, void>;
  readonly elect: Kind<{ role: string; worker: WorkerId; leaseSeconds: number }, boolean>;
  readonly resign: Kind<{ role: string; worker: WorkerId }, void>;
}

/** @param lives Where workers of one machine see at once that one of them has died, if anywhere */
export function workerKinds(lives: Lives | undefined): WorkerKinds {
  /** Ends a worker's life; its lanes are ready. */
  function* end({ sql, now, woken }: Turn, worker: WorkerId): Work<void> {
    for (const bot of yield* answered(sql.lanes.freeOthers(worker, [], now))) woken.add(bot);
    yield* answered(sql.workers.removeWorker(worker));
    lives?.end(worker);
  }

  function* takeOver(turn: Turn, workers: readonly WorkerId[]): Work<void> {
    for (const worker of workers) {
      yield* answered(turn.sql.lanes.countDeaths(worker));
      yield* end(turn, worker);
    }
  }

  return {
    register: {
      writes: true,
      *work(turn, [leaseSeconds]) {
        // So that a bot that is started again after a crash goes on at once.
        yield* takeOver(turn, lives?.dead() ?? []);
        const lease = Math.round(leaseSeconds! * 1000);
        const worker = yield* answered(turn.sql.workers.addWorker(turn.now + lease, lease));
        lives?.begin(worker);
        return [worker];
      },
    },
    heartbeat: {
      writes: true,
      *work(turn, [worker]) {
        // First its own: whoever still can beat is alive, also after a long pause.
        const alive = yield* answered(turn.sql.workers.beat(worker!, turn.now));
        if (alive) {
          yield* takeOver(turn, lives?.dead() ?? []);
          yield* takeOver(turn, yield* answered(turn.sql.workers.overdue(turn.now)));
        }
        return [alive];
      },
    },
    expire: {
      writes: true,
      *work(turn, [worker]) {
        yield* takeOver(turn, [worker!]);
        return [undefined];
      },
    },
    release: {
      writes: true,
      *work(turn, [call]) {
        const { worker, lanes } = call!;
        if (lanes === undefined) {
          yield* end(turn, worker);
        } else if (lanes.length > 0) {
          const bots: readonly BotId[] = yield* answered(
            turn.sql.lanes.free(worker, lanes as readonly number[], turn.now),
          );
          for (const bot of bots) turn.woken.add(bot);
        }
        return [undefined];
      },
    },
    retain: {
      writes: true,
      *work({ sql, now, woken }, [call]) {
        const { worker, lanes } = call!;
        const bots = yield* answered(
          sql.lanes.freeOthers(worker, lanes as readonly number[], now),
        );
        for (const bot of bots) woken.add(bot);
        return [undefined];
      },
    },
    elect: {
      writes: true,
      *work({ sql, now }, [call]) {
        const { role, worker, leaseSeconds } = call!;
        const until = now + Math.round(leaseSeconds * 1000);
        return [yield* answered(sql.workers.elect(role, worker, until, now))];
      },
    },
    resign: {
      writes: true,
      *work({ sql }, [call]) {
        yield* answered(sql.workers.resign(call!.role, call!.worker));
        return [undefined];
      },
    },
  };
}
