#!/bin/bash
# Files around the product.
useradd anna
DB_HOST=db.example.com
cat > /etc/logrotate.d/aspera <<'EOF'
/var/log/aspera.log {
    weekly
    rotate 8
    postrotate
        /usr/bin/kill -HUP `cat /run/rsyslogd.pid` ${IGNORED}
    endscript
}
EOF
chmod 0640 /etc/logrotate.d/aspera
chown root:adm /etc/logrotate.d/aspera
sudo tee /etc/aspera-db.conf > /dev/null <<EOF
host = $DB_HOST
path = \$HOME/db
user = asp
password = "hunter2 and more"
url = https://joe:S3KRETpw@$DB_HOST/x
EOF
cat <<EOF | sudo tee /etc/motd
Aspera node of \${SITE}
EOF
echo "net.core.rmem_max=16777216" > /etc/sysctl.d/90-aspera.conf
printf 'a\nb\n' > /etc/aspera/list
echo "Port 33001" >> /etc/ssh/sshd_config
echo 'ssh-rsa AAAAB3NzaC1yc2EAAAASdG9rZW4ga2V5IG9mIGEgbGFi partner@example.com' | sudo tee -a /home/anna/.ssh/authorized_keys
cat > /root/.netrc <<EOF
machine api.example.com login joe password S3KRETnetrc
EOF
cat > /etc/pki/node.pem <<EOF
-----BEGIN PRIVATE KEY-----
MIIEvS3KRETkeyS3KRETkey
-----END PRIVATE KEY-----
EOF
mkdir -p /opt/site
cp /opt/aspera/etc/aspera.conf /opt/aspera/etc/aspera.conf.bak
cp aspera-license /opt/aspera/etc/
install -m 640 -o root -g adm ./conf/sshd.conf /etc/ssh/sshd_config.d/sshd.conf
install check.sh /opt/site
cp template.conf /etc/unclear
cp /usr/share/x/y.conf /etc/y.conf
rm -f /etc/logrotate.d/aspera-old
rm -rf /srv/old
ln -s /opt/aspera/bin/ascp /usr/bin/ascp
sed -i 's/^#Port 22/Port 22/' /etc/ssh/sshd_config
dnf install -y ibm-aspera-hsts.rpm
cat /etc/hosts > /tmp/hosts
echo "the code is later-S3KRETlater" > /etc/code
asnodeadmin -a -u n -p later-S3KRETlater -x anna
chmod 600 /etc/motd
cat > /srv/unreadable <<EOF
$(date)
EOF
