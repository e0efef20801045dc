/** A timer longer than this fires at once (HTML's timers keep 32 bits of milliseconds). */
export const longestTimer: number = 2 ** 31 - 1;

/**
 * Resolves after `seconds`, or as soon as `signal` is aborted. It never rejects: a caller that has
 * to tell the two apart looks at `signal.aborted`.
 */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(seconds * 1000, longestTimer));
    signal?.addEventListener("abort", done, { once: true });
  });
}
