/** Who receives the updates of each bot at present. */
const receivers = new WeakMap<object, string>();

/**
 * Notes that `receiver` receives the updates of a bot from now on, and refuses a second one: two
 * that poll with one token take each other's updates (Telegram answers 409).
 *
 * @returns A function that ends this.
 */
export function beginReceiving(bot: object, receiver: string): () => void {
  const other = receivers.get(bot);
  if (other !== undefined) {
    throw new Error(
      `Cannot call ${receiver}: this bot is already running, by ${other}. ` +
        "Stop that first, or start the bot in one place only.",
    );
  }
  receivers.set(bot, receiver);
  return () => receivers.delete(bot);
}
