dseditgroup -o create -n . asperausers
sysadminctl -addUser faspex -fullName "Faspex" -password hunter2hunter2 -admin
dseditgroup -o edit -a faspex -t user asperausers
dseditgroup -o edit -a faspex -t user com.apple.access_ssh
dscl . -create /Users/faspex UserShell /bin/bash
dscl . -create /Users/faspex UniqueID 612
sudo dsenableroot -u admin -p t0psecret -r t0psecret2
mkdir -p /Users/faspex/faspex_packages
asconfigurator -x "set_user_data;user_name,faspex;absolute,/Users/faspex/faspex_packages"
sudo launchctl unload /Library/LaunchDaemons/com.aspera.asperanoded.plist
sudo launchctl load /Library/LaunchDaemons/com.aspera.asperanoded.plist
sudo launchctl kickstart -k system/com.aspera.asperahttpd
