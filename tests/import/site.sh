#!/bin/bash
# Upload node of the Bern office. The old password was: hunter2
set -euo pipefail
DOCROOT=/srv/uploads
TOKEN_KEY=Xk29fj3Xk29fj3Xk29fj3
NODE_USER=${1:-node_user}
HOST=$(hostname -f)

# the transfer user
asconfigurator -x "set_user_data;user_name,upload;absolute,$DOCROOT/packages"
asconfigurator -x "set_user_data;user_name,upload;authorization_transfer_in_value,token;authorization_transfer_out_value,token"
asconfigurator -x "set_user_data;user_name,upload;token_encryption_key,$TOKEN_KEY"
asconfigurator -F "set_server_data;server_name,$HOST"
asconfigurator -x "set_http_server_data;enable_http,true;http_port,8080"

for u in ben carla; do
  asconfigurator -x "set_user_data;user_name,$u;absolute,/srv/$u"
  asnodeadmin -a -u "api_$u" -p "s3cret-$u" -x $u
done
sudo /opt/aspera/bin/asnodeadmin -au "$NODE_USER" -x upload -p 'P4ss!w0rd' --acl-add=impersonation
asnodeadmin -l
asconfigurator <<EOF
set_node_data
token_life_seconds,3600
token_encryption_key,Xk29fj3another000000

terminate
EOF
if [ -n "${DEBUG:-}" ]; then
  curl -u admin:t0psecret https://localhost:9092/info
fi
mysqldump -p t0psecret aspera > /root/backup.sql
echo done
