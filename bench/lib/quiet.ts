// Dependencies of other frameworks use what their runtime calls deprecated. It is of no interest
// here; to be imported before them.
import process from "node:process";

process.noDeprecation = true;
