import type { Chat, ChatMember, Message, User } from "../api/types.ts";
import { describe } from "../base/describe.ts";
import type { ChatState } from "./chat_state.ts";
import { contentOf, type UserContent } from "./content.ts";
import { memberOf, type MemberStatus } from "./members.ts";
import { changeMember, join, leave, migrate, postService } from "./membership.ts";
import { transcriptOf } from "./transcript.ts";
import type { World } from "./world.ts";

/** Somebody who can be in a chat: a user or a bot of the simulator. */
export interface ChatPerson {
  /** The id of the user or bot. */
  readonly id: number;
}

let make: (world: World, state: ChatState) => VirtualChat;

/** Makes the face of what Telegram keeps. */
export function makeVirtualChat(world: World, state: ChatState): VirtualChat {
  return make(world, state);
}

/** A virtual group, supergroup or channel. */
export class VirtualChat {
  readonly #world: World;
  readonly #state: ChatState;

  static {
    make = (world, state) => new VirtualChat(world, state);
  }

  private constructor(world: World, state: ChatState) {
    this.#world = world;
    this.#state = state;
  }

  /** The id of the chat, negative as for all groups and channels. */
  get id(): number {
    return this.#state.id;
  }

  /** The chat, as bots see it. */
  get info(): Chat {
    return this.#state.info;
  }

  /** The messages that are in the chat now: edits applied, deleted ones gone. */
  get messages(): Message[] {
    return [...this.#state.messages.values()];
  }

  /** The chat as text, a line for each message with the buttons below it. */
  get transcript(): string {
    return transcriptOf(this.#state);
  }

  /** The ids of the pinned messages, the newest last. */
  get pinned(): readonly number[] {
    return this.#state.pinned;
  }

  /** What somebody is in the chat, as `getChatMember` tells it. */
  member(person: ChatPerson): ChatMember {
    return this.#state.members.get(person.id) ?? memberOf(this.#user(person), "left");
  }

  /**
   * Adds a user or a bot. Bots hear of it by a service message and, where they asked for it, by a
   * change of membership.
   *
   * @param by Who adds them. Default: they join by themselves, a bot is added by the owner
   */
  add(person: ChatPerson, by?: ChatPerson): void {
    const user = this.#user(person);
    const adder = by ? this.#user(by) : user.is_bot ? this.#owner() ?? user : user;
    join(this.#world, this.#state, user, adder);
  }

  /**
   * Removes a user or a bot: they leave, or are thrown out.
   *
   * @param by Who throws them out. Default: they leave by themselves, a bot is thrown out by the owner
   */
  remove(person: ChatPerson, by?: ChatPerson): void {
    const user = this.#user(person);
    const remover = by ? this.#user(by) : user.is_bot ? this.#owner() ?? user : user;
    leave(this.#world, this.#state, user, remover);
  }

  /**
   * Makes somebody an administrator, an ordinary member again, or what else there is.
   *
   * @param by Who does it. Default: the owner
   */
  setStatus(person: ChatPerson, status: MemberStatus, by?: ChatPerson): void {
    const user = this.#user(person);
    const doer = by ? this.#user(by) : this.#owner() ?? user;
    changeMember(this.#world, this.#state, memberOf(user, status), doer);
  }

  /**
   * Posts in the name of the chat: in a channel a post, in a group as an anonymous administrator.
   *
   * @returns The message as the bot receives it
   */
  // deno-lint-ignore require-await -- problems are to be rejections
  async post(content: UserContent): Promise<Message> {
    const chat = this.#state;
    const author = { sender_chat: chat.info };
    const from = chat.info.type === "channel" ? {} : { from: anonymousAdmin };
    const message = this.#world.post(chat, { ...from, ...author }, contentOf(content));
    this.#world.emit(chat, { type: "message", message });
    this.#world.announce(chat, message);
    return message;
  }

  /** Gives the chat another title, with the message that says so. */
  rename(title: string, by?: ChatPerson): void {
    const chat = this.#state;
    chat.info = { ...chat.info, title } as Chat;
    postService(this.#world, chat, by ? this.#user(by) : this.#owner(), { new_chat_title: title });
  }

  /**
   * Makes a supergroup of a basic group. Messages to the old one fail from now on, and name the new.
   *
   * @returns The supergroup
   * @throws {TypeError} if this is not a basic group
   */
  upgrade(): VirtualChat {
    if (this.info.type !== "group" || this.#state.migratedTo !== undefined) {
      throw new TypeError(
        `Cannot upgrade the chat: it must be a basic group that was not upgraded yet, given ` +
          `${this.#state.migratedTo === undefined ? `a ${this.info.type}` : "one that was"}.`,
      );
    }
    return make(this.#world, migrate(this.#world, this.#state, this.#owner()));
  }

  #user({ id }: ChatPerson): User {
    const user = this.#world.user(id);
    if (user !== undefined) return user;
    throw new Error(
      `Cannot find the user ${describe(id)}: it must be a user or bot of this simulator. ` +
        `Make one with sim.user() or sim.bot().`,
    );
  }

  #owner(): User | undefined {
    const members = [...this.#state.members.values()];
    return members.find(({ status }) => status === "creator")?.user;
  }
}

/** The placeholder under which Telegram shows anonymous administrators. */
const anonymousAdmin: User = {
  id: 1_087_968_824,
  is_bot: true,
  first_name: "Group",
  username: "GroupAnonymousBot",
};
