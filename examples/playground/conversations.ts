import type { VirtualUser } from "@tramline/tramline/testing";

/** What a user does before waiting for what comes of it. */
type Step =
  | { readonly say: readonly string[] }
  | { readonly press: string };

/** What each of two users does at the same time, for each example. */
export const conversations: Record<string, readonly Step[]> = {
  echo: [{ say: ["/start"] }, { say: ["hello"] }, { say: ["one", "two", "three"] }],
  high_load: [{ say: ["/start"] }, { say: ["a", "b", "c", "d", "e"] }],
  keyboard_menu: [
    { say: ["/start"] },
    { press: "One more" },
    { press: "One more" },
    { press: "One less" },
    { press: "Order" },
  ],
  webhook: [{ say: ["/start"] }, { say: ["do you hear me?", "and now?"] }],
};

/** Lets a user go through a conversation: a burst of messages or a press, then all answers to it. */
export async function talk(user: VirtualUser, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if ("press" in step) {
      await user.press(step.press);
      await user.nextAnswer();
    } else {
      for (const text of step.say) await user.send(text);
      for (let replies = 0; replies < step.say.length; replies++) await user.nextReply();
    }
  }
}
