// The client that most pages would write: the stock package, a dozen lines, no rules of ours but Hello first. Run against a node by
// CHAT_URL, CHAT_INBOX (an inbox's key) and CHAT_OPERATOR_TOKEN.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const { CHAT_URL: url, CHAT_INBOX: inbox, CHAT_OPERATOR_TOKEN: operatorToken } = process.env;

function build(hub, token) {
  return new HubConnectionBuilder()
    .withUrl(`${url}/hubs/${hub}`, {
      skipNegotiation: true,
      transport: HttpTransportType.WebSockets,
      accessTokenFactory: () => token,
    })
    .configureLogging(LogLevel.None)
    .build();
}

async function hello(connection) {
  await connection.start();
  return connection.invoke('Hello', { protocol: 1, deviceId: randomUUID(), sdk: 'stock' });
}

function nextEvent(connection, matches) {
  return new Promise((resolve) => {
    connection.on('event', (event) => matches(event) && resolve(event));
  });
}

test('a stock client asks and gets an answer', { timeout: 20_000 }, async (t) => {
  const response = await fetch(`${url}/api/v1/visitor/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ inbox, deviceId: randomUUID() }),
  });
  assert.equal(response.status, 200);
  const session = await response.json();
  const visitor = build('visitor', session.token);
  const operator = build('operator', operatorToken);
  t.after(() => Promise.all([visitor.stop(), operator.stop()]));

  const { you, limits } = await hello(visitor);
  assert.deepEqual([you.kind, you.id], ['visitor', session.visitorId]);
  assert.equal(limits.bodyLength, 8000);
  const opened = await visitor.invoke('OpenConversation', { clientId: randomUUID(), topic: 'Delivery' });
  const conversationId = opened.page.conversation.id;

  const question = { conversationId, clientId: randomUUID(), body: 'Где мой заказ? 🙂' };
  const sent = await visitor.invoke('Send', question);
  assert.equal(sent.status, 'ok');
  assert.deepEqual([sent.event.seq, sent.event.data.body, sent.event.clientId], [2, question.body, question.clientId]);
  assert.equal((await visitor.invoke('Send', question)).status, 'duplicate');

  await hello(operator);
  const page = await operator.invoke('Open', { conversationId });
  assert.equal(page.events.at(-1).data.body, question.body);
  const answered = nextEvent(visitor, (event) => event.type === 'message');
  const answer = await operator.invoke('Send', { conversationId, clientId: randomUUID(), body: 'On its way.' });
  // Visitors know an operator by an id that holds in this conversation only.
  const seen = await answered;
  assert.notEqual(seen.actor.id, answer.event.actor.id);
  assert.deepEqual(seen, { ...answer.event, actor: { ...answer.event.actor, id: seen.actor.id } });
});

test('a refusal tells its code', { timeout: 20_000 }, async (t) => {
  const operator = build('operator', operatorToken);
  t.after(() => operator.stop());
  await hello(operator);
  await assert.rejects(operator.invoke('Open', { conversationId: randomUUID() }), /not_found$/);
  await assert.rejects(operator.invoke('Explode', {}), /invalid$/);
});
