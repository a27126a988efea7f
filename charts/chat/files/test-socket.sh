device=$(cat /proc/sys/kernel/random/uuid)
session=$(curl -sSf --max-time 10 -H "Origin: $ORIGIN" -H 'Content-Type: application/json' \
  -d "{\"inbox\":\"$INBOX\",\"deviceId\":\"$device\"}" "$URL/api/v1/visitor/session")
token=$(printf '%s' "$session" | sed 's/.*"token":"\([^"]*\)".*/\1/')
# An open socket never ends by itself, so that curl stops at its limit with exit code 28.
status=$(curl -sS -o /dev/null -w '%{http_code}' --http1.1 --max-time 3 -H "Origin: $ORIGIN" \
  -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \
  "$URL/hubs/visitor?access_token=$token" 2>/dev/null || true)
echo "upgrade answered $status"
test "$status" = 101
management=$(curl -s -o /dev/null -w '%{http_code}' --max-time 5 "$URL/metrics")
echo "metrics answered $management"
test "$management" = 404
