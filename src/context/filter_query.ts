import type { FieldOf, fieldShortcuts, kindShortcuts } from "./filter_keys.ts";
import type { WordOf } from "./filter_words.ts";
import type { UpdateKind } from "./update_kind.ts";

/** @internal */
type KindShortcuts = typeof kindShortcuts;
type FieldShortcuts = typeof fieldShortcuts;

/** The third parts of queries for the fields `F`. */
type Word<F extends string> = F extends keyof WordOf ? WordOf[F] : never;

/**
 * The queries that begin with `First`, which stands for the kinds `K`.
 *
 * @internal
 */
type QueriesOf<First extends string, K extends UpdateKind> =
  | (First extends "" ? never : First)
  | FieldQueries<First, FieldOf[K]>
  | ("photo" extends FieldOf[K] ? ShortcutQueries<First, keyof FieldShortcuts> : never);

type FieldQueries<First extends string, F extends string> = F extends unknown
  ? `${First}:${F}` | `${First}:${F}:${Word<F>}`
  : never;

type ShortcutQueries<First extends string, S extends keyof FieldShortcuts> = S extends unknown ?
    | (S extends "" ? never : `${First}:${S}`)
    | `${First}:${S}:${Word<FieldShortcuts[S][number]>}`
  : never;

/**
 * A filter query: `kind`, `kind:field` or `kind:field:what`, as `bot.on` takes it.
 *
 * The kind is one of the update's (`message`, `callback_query`, …), `msg` or nothing for messages and
 * channel posts, or `edit` for their edited versions. The field is one of the update's content
 * (`text`, `photo`, …), `media` for photos and videos, `file` for everything with a file, or nothing
 * for the entities of text or caption.
 *
 * @example
 * ```ts
 * import type { FilterQuery } from "@tramline/tramline";
 *
 * const queries: FilterQuery[] = ["message", "message:text", ":photo", "::url", "edit:media"];
 * ```
 */
export type FilterQuery =
  | { [K in UpdateKind]: QueriesOf<K, K> }[UpdateKind]
  | { [S in keyof KindShortcuts]: QueriesOf<S, KindShortcuts[S][number]> }[keyof KindShortcuts];

type KindsOf<First extends string> = First extends keyof KindShortcuts
  ? KindShortcuts[First][number]
  : First extends UpdateKind ? First
  : never;

type FieldsOf<Second extends string> = Second extends keyof FieldShortcuts
  ? FieldShortcuts[Second][number]
  : Second;

/**
 * The kinds of updates that match `Q`.
 *
 * @internal
 */
export type QueriedKinds<Q extends string> = Q extends `${infer First}:${infer Rest}`
  ? KindsOf<First> extends infer K
    ? K extends UpdateKind ? [FieldsIn<Rest> & FieldOf[K]] extends [never] ? never : K
    : never
  : never
  : KindsOf<Q>;

/**
 * The fields of which an update of the kind `K` that matches `Q` has one; `""`: none is asked for.
 *
 * @internal
 */
export type QueriedFields<Q extends string, K extends UpdateKind> = Q extends
  `${infer First}:${infer Rest}` ? K extends KindsOf<First> ? FieldsIn<Rest> & FieldOf[K] : never
  : K extends KindsOf<Q> ? ""
  : never;

type FieldsIn<Rest extends string> = Rest extends `${infer Second}:${infer Third}`
  ? FieldsOf<Second> extends infer F ? F extends string ? Answering<F, Third> : never : never
  : FieldsOf<Rest>;

/** `F`, if one may ask it for `Third`: of all files only a sticker is asked whether `is_video`. */
type Answering<F extends string, Third extends string> = Third extends Word<F> ? F
  : never;
