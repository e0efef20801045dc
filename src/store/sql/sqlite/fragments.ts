import { suspectDeaths } from "../../store.ts";
import { ready, suspect } from "../dialect.ts";

/** What a lane becomes that nobody owns any more, by its head: ready, suspect, or idle without one. */
export const readyOrSuspect = `CASE (
    SELECT deaths >= ${suspectDeaths} FROM tramline_inbox WHERE lane = tramline_lane.id
    ORDER BY tramline_inbox.id LIMIT 1
  ) WHEN 0 THEN ${ready} WHEN 1 THEN ${suspect} END`;
