/** Local Network Access: a browser may ask the officer before a page reaches a program of the same computer. */
const NAMES = ["loopback-network", "local-network-access"];
// A page that this very computer serves reaches its programs unasked.
const HERE = ["localhost", "127.0.0.1", "[::1]"];

/**
 * What the browser answers if this page wants to reach a program of this computer; "granted" where it asks nobody.
 *
 * @returns {Promise<"granted" | "denied" | "prompt">}
 */
export async function mayReachThisComputer() {
  if (HERE.includes(location.hostname)) return "granted";
  for (const name of NAMES) {
    const state = await stateOf(name);
    if (state) return state;
  }
  return "granted";
}

async function stateOf(name) {
  try {
    return (await navigator.permissions.query({ name })).state;
  } catch (fault) {
    if (fault instanceof TypeError) return ""; // a name that this browser does not know
    throw fault;
  }
}
