#!/usr/bin/env bash
# --- install aspera node for partner ACME ---
set -e
PARTNER="${1:?usage: $0 partner}"
ROOT=/data/partners
HSTS=/opt/aspera/bin
log() { echo "$(date) $*"; }

log "creating user"
if ! id "$PARTNER" &>/dev/null; then
    useradd --create-home --shell /bin/aspshell --comment "Partner $PARTNER" "$PARTNER"
fi
mkdir -p "$ROOT/$PARTNER"/{in,out}
chown -R "$PARTNER": "$ROOT/$PARTNER"
$HSTS/asconfigurator -x "set_user_data;user_name,$PARTNER;absolute,$ROOT/$PARTNER;read_allowed,true;write_allowed,false"
$HSTS/asconfigurator -x "set_user_data;user_name,$PARTNER;transfer_out_bandwidth_flow_target_rate_cap,100000"
NODE_PASS=$(openssl rand -base64 18)
$HSTS/asnodeadmin -a -u "node_$PARTNER" -p "$NODE_PASS" -x "$PARTNER" --acl-set "admin,impersonation"
case "$PARTNER" in acme) echo special;; esac
while read -r ip; do iptables -A INPUT -s "$ip" -j ACCEPT; done < ips.txt
systemctl restart asperanoded && log ok || { log failed; exit 1; }
crontab -l | { cat; echo "0 * * * * /root/sync.sh"; } | crontab -
