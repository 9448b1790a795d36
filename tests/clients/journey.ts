// The prosecutor's journey with openapi-fetch over the types that openapi-typescript has generated, as they are.
// `node journey.ts URL SIGNER...`: the signer signs its standard input and prints base64.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./openapi-typescript/schema.d.ts";

type Answer<T> = { data?: T; error?: unknown; response: Response };

const [url, ...signer] = process.argv.slice(2) as [string, string, ...string[]];
const client = createClient<paths>({ baseUrl: url });

function got<T>({ data, error, response }: Answer<T>): T {
  if (data === undefined) throw new Error(`${response.status} ${JSON.stringify(error)}`);
  return data;
}

const sha256 = (data: ArrayBuffer): string => createHash("sha256").update(Buffer.from(data)).digest("hex");
const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");

function sign(toSign: string): string {
  const [program, ...given] = signer;
  const done = spawnSync(program!, given, { input: bytes(toSign) });
  assert.equal(done.status, 0, done.stderr.toString());
  return done.stdout.toString();
}

// Files are typed as text by the generator; `parseAs` says what they are.
const whole = async (answer: Promise<Answer<unknown>>): Promise<ArrayBuffer> => got(await answer) as ArrayBuffer;
const parseAs = "arrayBuffer" as const;

const asked = got(await client.POST("/api/v1/auth/challenge/"));
const session = got(
  await client.POST("/api/v1/auth/token/", { body: { challenge: asked.id, cms: sign(asked.to_sign) } }),
);
client.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${session.token}`);
    return request;
  },
});

const queue = got(await client.GET("/api/v1/motions/", { params: { query: { state: "submitted" } } }));
const motion_id = queue.results[0]!.id;
const materials = got(await client.GET("/api/v1/motions/{motion_id}/documents/", { params: { path: { motion_id } } }));
assert.ok(materials.attachments.length > 0);
for (const attachment of materials.attachments) {
  const path = { motion_id, attachment_id: attachment.id };
  const address = "/api/v1/motions/{motion_id}/documents/{attachment_id}/" as const;
  assert.equal(sha256(await whole(client.GET(address, { params: { path }, parseAs }))), attachment.sha256);
}

const prepared = got(
  await client.POST("/api/v1/motions/{motion_id}/acts/", {
    params: { path: { motion_id } },
    body: { type: "agreement" },
  }),
);
const of_act = { path: { act_id: prepared.id } };
const pdf = await whole(client.GET("/api/v1/acts/{act_id}/pdf/", { params: of_act, parseAs }));
assert.ok(bytes(prepared.to_sign).toString().includes(sha256(pdf)), "the paper is another one");

const performed: components["schemas"]["ActShape"] = got(
  await client.POST("/api/v1/acts/{act_id}/signature/", {
    params: { ...of_act, header: { "Idempotency-Key": randomUUID() } },
    body: { cms: sign(prepared.to_sign) },
  }),
) as components["schemas"]["ActShape"];

const container = await whole(client.GET("/api/v1/acts/{act_id}/container/", { params: of_act, parseAs }));
const verdict = got(
  await client.POST("/api/v1/verify/", {
    body: { file: "" },
    bodySerializer() {
      const form = new FormData();
      form.append("file", new Blob([container]), "act.ecase");
      return form;
    },
  }),
);
await client.DELETE("/api/v1/auth/token/");
console.log(performed.motion_state, verdict.indication);
