#!/bin/bash
# Onboards the users of a list.
USERS=/root/lists/users.txt
while IFS=, read -r name docroot cap pass _; do
  useradd -m "$name"
  echo "$name:$pass" | chpasswd
  asconfigurator -x "set_user_data;user_name,$name;absolute,$docroot;transfer_in_bandwidth_flow_target_rate_cap,$cap"
done < users.csv
while read -r group; do
  groupadd "$group"
done < "$USERS"
tail -n +2 keys.csv | while IFS=';' read -r user trunk; do
  asconfigurator -x "set_trunk_data;id,$trunk;trunk_name,$user"
done
while read line; do
  name=$(echo "$line" | cut -d, -f1)
  useradd "$name"
done < "$1"
while true; do
  asnodeadmin -l
done
for user in $(cat users.txt); do useradd $user; done
awk -F, '{print $1}' users.csv
while read -r user; do useradd "$user"; done < "$1"
for name in a b; do echo "$name"; done
