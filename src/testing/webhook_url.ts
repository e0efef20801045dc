/** Takes the URL of a webhook apart; `undefined` if it is not one. No scheme means https. */
export function readWebhookUrl(
  text: string,
): { url: URL; authorization: string | undefined } | undefined {
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    return undefined;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = url.password = "";
  url.hash = "";
  return { url, authorization: user === ":" ? undefined : `Basic ${btoa(user)}` };
}

/**
 * Says, in Telegram's words, why a webhook cannot be there.
 *
 * @param known The host is a server in this process, so its name resolves
 */
export function checkAddress(
  url: URL,
  ipAddress: string,
  { local, known }: { local: boolean; known: boolean },
): string | undefined {
  if (ipAddress !== "" && !isIp(ipAddress)) return "Invalid IP address specified";
  const ip = ipAddress || resolve(url.hostname, known);
  if (ip === undefined) return "Failed to resolve host: Name or service not known";
  if (local) return undefined;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (!["80", "88", "443", "8443"].includes(port)) {
    return "Webhook can be set up only on ports 80, 88, 443 or 8443";
  }
  if (url.protocol !== "https:") return "An HTTPS URL must be provided for webhook";
  if (ip.includes(":")) return "IPv6-only addresses are not allowed";
  if (isReserved(ip)) return `IP address ${ip} is reserved`;
  return undefined;
}

/** The address that a host would have. Names are not looked up: tests need no network. */
export function resolve(hostname: string, known: boolean): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (isIp(bare)) return bare;
  if (bare === "localhost") return "127.0.0.1";
  // A name that by RFC 2606 never resolves, unless it stands for a server in this process.
  if (!known && (bare.endsWith(".invalid") || !bare.includes("."))) return undefined;
  return "203.0.114.1";
}

function isIp(text: string): boolean {
  if (/^[0-9a-f:]*:[0-9a-f:.]*$/i.test(text)) return true;
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

/** Private, loopback and similar ranges (RFC 6890). */
function isReserved(ip: string): boolean {
  const [a = 0, b = 0] = ip.split(".").map(Number);
  return a === 0 || a === 10 || a === 127 || a >= 224 || (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) ||
    (a === 198 && (b === 18 || b === 19));
}
