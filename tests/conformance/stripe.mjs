// node stripe.mjs LIBRARY SERVER SECRET SAMPLE: events signed with Stripe's own SDK, and some that are not, for our webhook.
// SAMPLE is {"body", "header"}: what the sandbox signs, for the SDK.
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";

const [library, server, secret, sample] = process.argv.slice(2);
const Stripe = createRequire(import.meta.url)(library);
const { webhooks } = new Stripe("sk_test_unused");
const now = Math.floor(Date.now() / 1000);
let events = 0;
let checks = 0;
let good = 0;

function check(what, isGood) {
    checks += 1;
    good += isGood ? 1 : 0;
    if (!isGood) console.log(`WRONG: ${what}`);
}

const event = (note) => JSON.stringify({
    id: `evt_conformance_${(events += 1)}`, object: "event", created: now, type: "price.updated",
    data: { object: { id: "price_1", note } },
}, null, 2);

async function post(payload, header) {
    const headers = { "Content-Type": "application/json; charset=utf-8" };
    if (header !== undefined) headers["Stripe-Signature"] = header;
    const answer = await fetch(`${server}/payments/stripe-webhook`, { method: "POST", headers, body: payload });
    return { status: answer.status, body: await answer.json() };
}

const header = (payload, options = {}) => webhooks.generateTestHeaderString({ payload, secret, ...options });
async function isTaken(payload, signature) {
    const { status, body } = await post(payload, signature);
    return status === 200 && body.success === true && body.processed === true;
}
async function isRefused(payload, signature) {
    const { status, body } = await post(payload, signature);
    return status === 400 && body.detail === "Invalid signature";
}

const plain = event("plain");
check("an event is taken", await isTaken(plain, header(plain)));
check("so it is again", await isTaken(plain, header(plain)));
const odd = event("Zoë says: 2 + 2 = 4 & 100 %, 好的 \u2028 😀");
check("letters of all kinds", await isTaken(odd, header(odd)));
const late = event("late");
check("290 s old", await isTaken(late, header(late, { timestamp: now - 290 })));
const rolled = event("rolled");
check("of two secrets", await isTaken(rolled,
    `${header(rolled, { secret: "whsec_old" })},${header(rolled).split(",").slice(1).join(",")}`));

const target = event("target");
const signature = header(target);
const hmac = (text) => createHmac("sha256", secret).update(text).digest("hex");
const refused = {
    "no header": undefined,
    "an empty one": "",
    "another secret": header(target, { secret: "whsec_other" }),
    "another body": header(event("another")),
    "310 s old": header(target, { timestamp: now - 310 }),
    "of the future": header(target, { timestamp: now + 310 }),
    "another time beside the signature": signature.replace(/t=\d+/, `t=${now - 1}`),
    "another scheme": signature.replace("v1=", "v0="),
    "the body signed without its time": `t=${now},v1=${hmac(target)}`,
    "no signature": `t=${now}`,
};
for (const [what, value] of Object.entries(refused))
    check(`${what} is refused`, await isRefused(target, value));
check("and in the end the right one is taken", await isTaken(target, signature));

const { body, header: theirs } = JSON.parse(sample);
check("the SDK takes what the sandbox signs", webhooks.constructEvent(body, theirs, secret).id === JSON.parse(body).id);
try {
    webhooks.constructEvent(`${body} `, theirs, secret);
    check("but nothing else", false);
} catch (error) {
    check("but nothing else", error.type === "StripeSignatureVerificationError");
}

console.log(`${good} of ${checks} as expected`);
process.exit(good === checks ? 0 : 1);
