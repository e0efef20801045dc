import type { Message, User } from "../api/types.ts";
import type { CallbackAnswer, ChatState } from "./chat_state.ts";
import { placeOf, situation } from "./explain.ts";
import { nameOf } from "./transcript.ts";
import type { World } from "./world.ts";

/** Options of the methods that wait for the bot. */
export interface WaitForOptions {
  /** Seconds of real time before the wait fails. Default: the simulator's `timeoutSeconds`. */
  timeoutSeconds?: number;
}

/** What a user sees in one chat, and how far they have read it. */
export class Sight {
  readonly #world: World;
  readonly #user: User;
  readonly #chat: () => ChatState;
  #seenReplies = 0;
  #seenEdits = 0;
  #seenAnswers = 0;

  constructor(world: World, user: User, chat: () => ChatState) {
    this.#world = world;
    this.#user = user;
    this.#chat = chat;
  }

  /** The next message of a bot. */
  nextReply(options: WaitForOptions | undefined): Promise<Message> {
    const { replies } = this.#chat();
    const find = () => {
      const message = replies[this.#seenReplies];
      if (message !== undefined) this.#seenReplies++;
      return message;
    };
    return this.#until("reply", find, options);
  }

  /** The next message that a bot has edited, as it is then. */
  nextEdit(options: WaitForOptions | undefined): Promise<Message> {
    const { edits } = this.#chat();
    const find = () => {
      const message = edits[this.#seenEdits];
      if (message !== undefined) this.#seenEdits++;
      return message;
    };
    return this.#until("edit", find, options);
  }

  /** The next answer to a button that this user has pressed. */
  nextAnswer(options: WaitForOptions | undefined): Promise<CallbackAnswer> {
    const { answers } = this.#chat();
    const find = () => {
      while (this.#seenAnswers < answers.length) {
        const { user, answer } = answers[this.#seenAnswers++]!;
        if (user === this.#user.id) return answer;
      }
      return undefined;
    };
    return this.#until("answer to a button press", find, options);
  }

  #until<T>(
    what: string,
    probe: () => T | undefined,
    { timeoutSeconds = this.#world.timeoutSeconds }: WaitForOptions = {},
  ): Promise<T> {
    const chat = this.#chat();
    const explain = () =>
      `${nameOf(this.#user)} saw no ${what} within ${timeoutSeconds} s in ${placeOf(chat)}.\n` +
      situation(this.#world, chat);
    return chat.changes.until(probe, { timeoutSeconds, explain });
  }
}
