#!/bin/sh
# Fills the templates of dialplan/ with what the environment says, as "npm start" does for a private Asterisk, and runs it.
set -eu
umask 027

TEMPLATES=${TEMPLATES:-/usr/share/hotline/dialplan}
FOLDER=${FOLDER:-/var/lib/hotline/asterisk}
RECORDINGS=${RECORDINGS:-/var/lib/hotline/recordings}
SOUNDS=${SOUNDS:-/usr/share/hotline/sounds}
PROMPTS=${PROMPTS:-/var/lib/hotline/service/prompts}
DATA=${DATA:-/usr/share/asterisk}
MODULES=${MODULES:-$(dirname "$(find /usr/lib -name res_ari.so | head -n 1)")}
SYSTEM_NAME=${SYSTEM_NAME:-hotline}
BIND=${BIND:-0.0.0.0}
# Where ARI and AMI listen: only the hotline beside us needs them.
CONTROL_BIND=${CONTROL_BIND:-127.0.0.1}
SIP_PORT=${SIP_PORT:-5060}
TLS_PORT=${TLS_PORT:-5061}
# By which phones know Asterisk over TLS; made below where there is none.
TLS_CERTIFICATE=${TLS_CERTIFICATE:-$FOLDER/certificate.pem}
TLS_KEY=${TLS_KEY:-$FOLDER/certificate-key.pem}
HTTP_PORT=${HTTP_PORT:-5088}
AMI_PORT=${AMI_PORT:-5038}
RTP_START=${RTP_START:-10000}
RTP_END=${RTP_END:-13999}
TRUNK_MATCH=${TRUNK_MATCH:-127.0.0.1}
TRUNK_ADDRESS=${TRUNK_ADDRESS:-127.0.0.1:5070}
: "${ARI_SECRET:?must be set to the password of ARI}"
: "${AMI_SECRET:?must be set to the secret of AMI}"
# A trunk with an address of its own is known by it; where phones call from that address too, they must prove who they are.
case ",$TRUNK_MATCH," in
  *,127.0.0.1,*) IDENTIFY_ORDER=username,ip ;;
  *) IDENTIFY_ORDER=ip,username ;;
esac

KEYS='FOLDER RECORDINGS SOUNDS PROMPTS DATA MODULES SYSTEM_NAME BIND CONTROL_BIND SIP_PORT TLS_PORT TLS_CERTIFICATE TLS_KEY HTTP_PORT AMI_PORT RTP_START RTP_END TRUNK_MATCH
  TRUNK_ADDRESS ARI_SECRET AMI_SECRET IDENTIFY_ORDER'

refuse() {
  echo "start.sh: $1" >&2
  exit 1
}

# One sed command for each key. What sed would take for its own is escaped; what would break a configuration is refused.
commands_for() {
  for key in $KEYS; do
    eval "value=\$$key"
    case $value in
      *';'* | *'
'*) refuse "the value of $key would break Asterisk's configuration" ;;
    esac
    printf 's|@%s@|%s|g\n' "$key" "$(printf %s "$value" | sed 's/[\\&|]/\\&/g')"
  done
}

# A module marked with the version that brought it is left out where this Asterisk does not have it.
absent_modules() {
  sed -n 's/^load = \([^ ]*\) ; since .*/\1/p' "$1" | while read -r module; do
    [ -e "$MODULES/$module" ] || printf '/^load = %s ;/d\n' "$module"
  done
}

[ -e "$MODULES/res_ari.so" ] || refuse "there is no Asterisk with ARI in $MODULES"
# ChanSpy has an option D as well: only MixMonitor's chapter of the manual counts.
sed -n '/<application name="MixMonitor"/,/<\/application>/p' "$DATA/documentation/core-en_US.xml" | grep -q '<option name="D">' ||
  refuse "this Asterisk cannot record in stereo (20.11, 21.6, 22.1 or newer can), or its manual is not in $DATA/documentation"
for name in etc lib log run spool/recording spool/monitor spool/tmp; do mkdir -p "$FOLDER/$name"; done
mkdir -p "$RECORDINGS/live"

# Never over one that is there: phones were told to trust it.
if [ ! -e "$TLS_CERTIFICATE" ]; then
  command -v openssl > /dev/null || refuse "there is no certificate $TLS_CERTIFICATE, and no openssl to make one"
  name=$(uname -n)
  openssl req -x509 -newkey rsa:2048 -sha256 -nodes -days 3650 -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
    -keyout "$TLS_KEY" -out "$TLS_CERTIFICATE" 2> /dev/null || refuse "openssl makes no certificate $TLS_CERTIFICATE"
fi

for template in "$TEMPLATES"/*.conf; do
  name=$(basename "$template")
  commands_for > "$FOLDER/run/commands.sed"
  absent_modules "$template" >> "$FOLDER/run/commands.sed"
  sed -f "$FOLDER/run/commands.sed" "$template" > "$FOLDER/etc/$name"
  if grep -n '@[A-Z_]*@' "$FOLDER/etc/$name" >&2; then refuse "dialplan/$name asks for what nobody sets"; fi
done
rm "$FOLDER/run/commands.sed"

exec asterisk -C "$FOLDER/etc/asterisk.conf" -f
