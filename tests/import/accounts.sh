#!/bin/sh
# Accounts and folders of the partners.
PARTNERS="north south"
groupadd -f asperausers
getent passwd upload >/dev/null || useradd -m -c "Upload account" -s /bin/aspshell upload
echo 'upload:hunter2hunter2' | chpasswd
usermod -aG asperausers upload
[ -d /srv/upload ] || mkdir -p /srv/upload
chown -R upload:asperausers /srv/upload
chmod 0750 /srv/upload
install -d -o upload -m 755 /srv/in /srv/out
for p in $PARTNERS; do
  useradd -s /bin/aspshell "$p"
  passwd -l "$p"
  chage -M -1 -E -1 "$p"
  install -d -o "$p" "/srv/$p"
  asconfigurator -x "set_user_data;user_name,$p;absolute,/srv/$p"
  cat /opt/aspera/var/aspera_tokenauth_id_rsa.pub >> "/home/$p/.ssh/authorized_keys"
  chmod 600 /home/$p/.ssh/authorized_keys
done
useradd -u 1501 -p '$6$Xk29fj3$abc' legacy
userdel -r former
chmod u+w /srv/upload
chown upload /etc/hosts
rm -rf /srv/old
systemctl enable --now asperanoded
systemctl stop asperahttpd
sleep 5
systemctl start asperahttpd
/etc/init.d/asperacentral restart
systemctl status asperanoded
asnodeadmin --reload
