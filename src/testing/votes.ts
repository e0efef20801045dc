import type { Message, Poll, User } from "../api/types.ts";
import { describe } from "../base/describe.ts";
import type { ChatState } from "./chat_state.ts";
import type { World } from "./world.ts";

/**
 * Votes in a poll, and tells the bot: the new state, and who has voted if the poll is not anonymous.
 *
 * @param texts The options chosen; none takes the vote back
 */
export function vote(
  world: World,
  chat: ChatState,
  user: User,
  message: Message,
  texts: readonly string[],
): Poll {
  const { poll } = message;
  if (poll === undefined || poll.is_closed) {
    throw new Error(
      `Cannot vote: the message must have an open poll, given ${poll ? "a closed one" : "none"}.`,
    );
  }
  const chosen = texts.map((text) => {
    const index = poll.options.findIndex((option) => option.text === text);
    if (index >= 0) return index;
    const options = poll.options.map((option) => describe(option.text)).join(", ");
    throw new Error(`Cannot vote for ${describe(text)}: it must be one of ${options}.`);
  });
  const votes = chat.votesOf(message.message_id);
  if (chosen.length === 0) votes.delete(user.id);
  else votes.set(user.id, chosen);
  const all = [...votes.values()].flat();
  const changed: Poll = {
    ...poll,
    total_voter_count: votes.size,
    options: poll.options.map((option, index) => ({
      ...option,
      voter_count: all.filter((choice) => choice === index).length,
    })),
  };
  const edited: Message = { ...message, poll: changed };
  chat.keep(edited);
  world.emit(chat, { type: "edit", message: edited });
  const account = message.from && world.bots.get(message.from.id);
  if (!poll.is_anonymous) {
    account?.receive({
      poll_answer: {
        poll_id: poll.id,
        user,
        option_ids: chosen,
        option_persistent_ids: chosen.map((index) => poll.options[index]!.persistent_id),
      },
    });
  }
  account?.receive({ poll: changed });
  return changed;
}
