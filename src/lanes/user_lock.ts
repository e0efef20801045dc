/** Gives a lock back. Calling it again does nothing. */
export type Release = () => void | Promise<void>;

/** A lock by key. */
export interface UserLock {
  acquire(key: string, options: { signal: AbortSignal }): Promise<Release>;
}
