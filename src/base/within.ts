import { longestTimer } from "./sleep.ts";

/**
 * Settles as a promise does, but rejects if that takes longer than some seconds: for what may never
 * answer, such as a server behind a cut line. Nothing is cancelled.
 *
 * @param seconds How long to wait
 * @param promise For what
 * @param late What the error says
 */
export async function within<T>(seconds: number, promise: Promise<T>, late: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), Math.min(seconds * 1000, longestTimer));
  });
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
