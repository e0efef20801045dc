import type { File } from "../../api/types.ts";
import { badRequest } from "../errors.ts";
import type { Handlers } from "./call.ts";

/** What can be downloaded unless the server is local. */
const largestDownload = 20 * 2 ** 20;

/** Files that are there. */
export const fileMethods = {
  getFile({ world, account, params }): File {
    const id = params.text("file_id");
    if (id === "") throw badRequest("file_id not specified");
    const file = world.files.get(id);
    if (file === undefined) throw badRequest("invalid file_id");
    const { file_id, file_unique_id, bytes, path } = file;
    if (!world.local && bytes.length > largestDownload) throw badRequest("file is too big");
    return {
      file_id,
      file_unique_id,
      file_size: bytes.length,
      // A local server tells where on its disk the file is.
      file_path: world.local ? `/var/lib/telegram-bot-api/${account.id}/${path}` : path,
    };
  },
  getUserProfilePhotos({ world, params }) {
    if (world.user(params.integer("user_id", 0, 0, Number.MAX_SAFE_INTEGER)) === undefined) {
      throw badRequest("user not found");
    }
    return { total_count: 0, photos: [] };
  },
} satisfies Handlers;
