import type { Message } from "../api/types.ts";
import { withDetected } from "./text/detect.ts";

/** What a user can send: a text, or any content of a message by the name of its field. */
export type UserContent = string | Partial<Message>;

/** The fields of a message that a user writes. */
export function contentOf(content: UserContent): Partial<Message> {
  if (typeof content !== "string") return content;
  const entities = withDetected(content, []);
  return entities.length === 0 ? { text: content } : { text: content, entities };
}
