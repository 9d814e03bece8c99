#!/bin/sh
export NODE_API_PASS='Xk29fj3!'
DB_PASSWORD="t0psecret bar baz"
mysql -uroot -p"$DB_PASSWORD" -e "grant all on *.* to 'aspera'@'localhost' identified by 't0psecret bar baz'"
sshpass -p hunter2 ssh admin@host "asnodeadmin -a -u n -p t0psecret -x y"
curl -H "Authorization: Basic t0psecret" -d '{"password":"t0psecret"}' http://x/
asconfigurator -x "set_client_data;http_proxy_url,http://joe:t0psecret@proxy:8080"
asconfigurator -x "set_user_data;user_name,a;absolute,s3://AKIA:t0psecret@s3.amazonaws.com/b"
useradd a
asnodeadmin -a -u n -pP4ss!w0rd -x a
asnodeadmin -a --user=n --password=P4ss!w0rd2 -x a
asnodeadmin -m -u n --frob -p t0psecret3
echo 'bob:hunter2hunter' | chpasswd
echo hunter2hunter2 | passwd --stdin bob
ASPERA_SCP_PASS=t0psecret4 ascp f x:/
openssl passwd -1 hunter2
export MY_TOKEN=Xk29fj3; echo $MY_TOKEN
ssh-keygen -N t0psecret -f k
useradd -p 't0psecret5' zoe
