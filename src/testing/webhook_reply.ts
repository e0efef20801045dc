import { readParams } from "./body.ts";
import { carryOut } from "./carry_out.ts";
import type { EndpointAnswer } from "./webhook_delivery.ts";
import type { World } from "./world.ts";

/** Not to be called by a reply: they would change the ground under it, or answer to nobody. */
const refusedInReply = /^(setwebhook|deletewebhook|close|logout|get.*)$/;

/** Carries out the call that a webhook has put into its answer; nobody learns what came of it. */
export async function callFromReply(
  world: World,
  botId: number,
  answer: EndpointAnswer,
): Promise<void> {
  const { contentType, body } = answer;
  const account = world.bots.get(botId);
  if (account === undefined || !/json|urlencoded|multipart/.test(contentType)) return;
  const params = await readParams({ query: "", contentType, encoding: "", body })
    .catch(() => undefined);
  const method = params?.text("method") ?? "";
  if (params === undefined || method === "" || refusedInReply.test(method.toLowerCase())) return;
  await carryOut(world, account, method, params, "webhook reply");
}
