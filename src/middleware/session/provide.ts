import type { LiveSession } from "./live.ts";

/** What reading and assigning `ctx.session` does. */
export interface Provided {
  value: unknown;
}

const slot = Symbol("session");

interface Carrier {
  [slot]: Provided;
}

// The same two functions for all contexts, so that these keep the same shape.
const property: PropertyDescriptor & ThisType<Carrier> = {
  get() {
    return this[slot].value;
  },
  set(value: unknown) {
    this[slot].value = value;
  },
  configurable: true,
  enumerable: true,
};

/** Installs `ctx.session`. The session middleware that comes last on an update's way has it. */
export function provide(ctx: object, session: Provided): void {
  Object.defineProperties(ctx, {
    [slot]: { value: session, configurable: true },
    session: property,
  });
}

/** For updates without a session key. */
export const noSession: Provided = {
  get value(): never {
    throw new Error(noKey("read"));
  },
  set value(_: unknown) {
    throw new Error(noKey("write"));
  },
};

function noKey(verb: string): string {
  return `Cannot ${verb} the session: this update has no session key, because getSessionKey ` +
    "returned undefined for it. Return a key, or leave the session alone for such updates.";
}

/** A session that is only read when it is asked for. */
export function lazily(session: LiveSession): Provided {
  return {
    get value() {
      return session.lazyValue;
    },
    set value(value) {
      session.value = value;
    },
  };
}

/** A session whose properties are sessions. */
export function partsOf(sessions: ReadonlyMap<string, LiveSession | undefined>): Provided {
  const parts: Record<string, unknown> = {};
  for (const [name, session] of sessions) {
    const part = session ?? noSession;
    Object.defineProperty(parts, name, {
      get: () => part.value,
      set: (value) => void (part.value = value),
      enumerable: true,
    });
  }
  return {
    get value() {
      return parts;
    },
    set value(values) {
      const given = values as Record<string, unknown> | null | undefined;
      for (const name of Object.keys(parts)) parts[name] = given?.[name];
    },
  };
}
