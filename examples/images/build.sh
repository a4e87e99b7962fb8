#!/usr/bin/env bash
# Builds stand-ins for the tutorial's images from Debian packages, under the tutorial's own image names, as archives for `cox image import`.
#   usage: examples/images/build.sh [DIR]      (default: artifacts/images)
# Nothing is installed on this machine: packages are downloaded and unpacked into the images. An archive that is already there is kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../artifacts/images}
mkdir -p "$out"; out=$(cd "$out" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
arch=$(dpkg --print-architecture)

fetch() { # fetch ROOTFS PACKAGE...: unpacks packages of this machine's release, without installing them
  local rootfs=$1; shift
  mkdir -p "$work/debs" "$rootfs"
  for p in "$@"; do
    if ! compgen -G "$work/debs/${p}_*.deb" > /dev/null; then
      (cd "$work/debs" && apt-get -qq download "$p" > /dev/null 2> "$work/err") || { echo "cannot download the Debian package $p (apt-get update first?): $(tail -n 1 "$work/err")" >&2; exit 1; }
    fi
    dpkg-deb -x "$work/debs/${p}"_*.deb "$rootfs"
  done
}

merged_usr() { # Debian 12 keeps /bin, /lib ... as links into /usr
  for d in bin sbin lib lib64; do
    mkdir -p "$1/usr/$d"
    if [ -d "$1/$d" ] && [ ! -L "$1/$d" ]; then cp -a "$1/$d/." "$1/usr/$d/"; rm -rf "${1:?}/$d"; fi
    [ -L "$1/$d" ] || ln -s "usr/$d" "$1/$d"
  done
}

shell() { # busybox as /bin/sh and all its applets; a user database; the usual directories
  fetch "$1" busybox-static
  merged_usr "$1"
  "$1/usr/bin/busybox" --list | while read -r applet; do [ -e "$1/usr/bin/$applet" ] || ln -s busybox "$1/usr/bin/$applet"; done
  mkdir -p "$1/tmp" "$1/etc" "$1/run" "$1/var/log" "$1/root"; chmod 1777 "$1/tmp"; ln -sfn /run "$1/var/run"
  printf 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n' > "$1/etc/passwd"
  printf 'root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n' > "$1/etc/group"
}

slim() { rm -rf "$1"/usr/share/{doc,man,locale,lintian,info} "$1"/var/cache; }

pack() { # pack NAME ROOTFS CONFIG-JSON TAG...: one archive as `docker save` writes it
  local name=$1 rootfs=$2 config=$3; shift 3
  local d="$work/$name.image"; mkdir -p "$d"
  tar --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -C "$rootfs" -cf "$d/layer.tar" .
  local diff; diff=$(sha256sum "$d/layer.tar" | cut -d' ' -f1)
  printf '{"architecture":"%s","os":"linux","created":"1970-01-01T00:00:00Z","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$arch" "$config" "$diff" > "$d/config.json"
  local tags; tags=$(printf '"%s",' "$@")
  printf '[{"Config":"config.json","RepoTags":[%s],"Layers":["layer.tar"]}]' "${tags%,}" > "$d/manifest.json"
  tar --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -C "$d" -cf "$out/$name.tar.part" manifest.json config.json layer.tar
  mv "$out/$name.tar.part" "$out/$name.tar"
  echo "$out/$name.tar: $*"
}

path='"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"'

busybox() {
  local r="$work/busybox"; shell "$r"; slim "$r"
  pack busybox "$r" "{$path],\"Cmd\":[\"sh\"]}" docker.io/library/busybox:latest
}

nginx() {
  local r="$work/nginx"
  fetch "$r" nginx nginx-common libc6 libcrypt1 libpcre2-8-0 libssl3 zlib1g
  shell "$r"
  rm -rf "$r/etc/nginx/modules-enabled" "$r/usr/lib/nginx"
  mkdir -p "$r/var/lib/nginx" "$r/var/log/nginx" "$r/usr/share/nginx/html"
  cp "$here/nginx.conf" "$r/etc/nginx/nginx.conf"
  cp "$here/nginx.html" "$r/usr/share/nginx/html/index.html"
  slim "$r"
  pack nginx "$r" "{$path],\"ExposedPorts\":{\"80/tcp\":{}},\"StopSignal\":\"SIGQUIT\",\"Cmd\":[\"nginx\",\"-g\",\"daemon off;\"]}" \
    docker.io/library/nginx:latest daocloud.io/library/nginx:1.13.0-alpine daocloud.io/library/nginx:1.13.1-alpine
}

tomcat() {
  local r="$work/tomcat" jre=openjdk-17-jre-headless
  fetch "$r" "$jre" libc6 libgcc-s1 gcc-12-base libstdc++6 zlib1g tomcat10 tomcat10-common libtomcat10-java libeclipse-jdt-core-java
  shell "$r"
  local home; home=$(cd "$r/usr/lib/jvm" && ls -d java-17-openjdk-*)
  local base="$r/usr/local/tomcat"; mkdir -p "$base"/{conf,logs,temp,work,webapps/ROOT}
  cp "$r"/usr/share/tomcat10/etc/web.xml "$base/conf/"
  cp "$here/tomcat-server.xml" "$base/conf/server.xml"
  cp "$here/tomcat.html" "$base/webapps/ROOT/index.html"
  slim "$r"
  pack tomcat "$r" "{$path,\"JAVA_HOME=/usr/lib/jvm/$home\",\"CATALINA_HOME=/usr/share/tomcat10\",\"CATALINA_BASE=/usr/local/tomcat\"],\"WorkingDir\":\"/usr/local/tomcat\",\"ExposedPorts\":{\"8080/tcp\":{}},\"Cmd\":[\"/usr/lib/jvm/$home/bin/java\",\"-Xshare:auto\",\"-XX:TieredStopAtLevel=1\",\"-Xmx128m\",\"-cp\",\"/usr/share/tomcat10/bin/bootstrap.jar:/usr/share/tomcat10/bin/tomcat-juli.jar\",\"-Dcatalina.home=/usr/share/tomcat10\",\"-Dcatalina.base=/usr/local/tomcat\",\"-Djava.io.tmpdir=/usr/local/tomcat/temp\",\"org.apache.catalina.startup.Bootstrap\",\"start\"]}" \
    docker.io/library/tomcat:latest daocloud.io/library/tomcat:latest daocloud.io/library/tomcat:8.5.21-jre8-alpine
}

for image in busybox nginx tomcat; do [ -s "$out/$image.tar" ] || "$image"; done
