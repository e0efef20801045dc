/** A result at once, or later: SQLite answers at once, a server does not. */
export type Answer<T> = T | Promise<T>;

/**
 * What is done inside of one transaction. It is a generator, and not an async function, so that an
 * engine that answers at once runs it in one go: nothing else can happen between BEGIN and COMMIT,
 * and no time goes by in waiting for promises that are fulfilled already.
 */
export type Work<T> = Generator<Promise<unknown>, T, unknown>;

/** Waits for an answer inside of {@linkcode Work}, if it has to be waited for. */
export function* answered<T>(answer: Answer<T>): Work<T> {
  return answer instanceof Promise ? (yield answer) as T : answer;
}

/** Does work whose answers all come at once. */
export function doNow<T>(work: Work<T>): T {
  const { done, value } = work.next();
  if (!done) throw new Error("Cannot go on: a statement must be answered at once.");
  return value;
}

/** Does work whose answers have to be waited for. */
export async function doLater<T>(work: Work<T>): Promise<T> {
  let state = work.next();
  while (!state.done) {
    let answer: unknown;
    try {
      answer = await state.value;
    } catch (error) {
      state = work.throw(error);
      continue;
    }
    state = work.next(answer);
  }
  return state.value;
}
