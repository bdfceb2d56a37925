#!/bin/bash
# build.sh DEST
#
# Builds the oracle into DEST: the MLeap runtime from source, without sbt, and the process of src/ on top of it.
#   MLEAP_SRC  checkout of github.com/combust/mleap at 88de54dd (0.25.2)
#   PROTO_SRC  checkout of github.com/combust/bundle-protobuf, a submodule of it
#   VENV       optional: a virtualenv that has pyspark==4.1.2 and grpcio-tools; made in DEST/venv otherwise
# Needs JDK 17, Maven, Python 3 and about 1 GB. Leaves DEST/serve, the command that benchmarks/peers/oracle/jvm starts.
set -euo pipefail
dest=${1:?"build.sh DEST, with MLEAP_SRC and PROTO_SRC in the environment"}
src=$(cd "${MLEAP_SRC:?checkout of MLeap}" && pwd)
proto=$(cd "${PROTO_SRC:?checkout of bundle-protobuf}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$dest"; dest=$(cd "$dest" && pwd)

java -version 2>&1 | grep -q '"17\.' || { echo "java is not version 17: Double.toString and the library's Unicode tables differ" >&2; exit 1; }

# 1. Spark's jars and protoc come with Python packages. Spark's jars hold the linear algebra that MLeap calls, and scalac.
venv=${VENV:-$dest/venv}
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q pyspark==4.1.2 grpcio-tools
fi
spark=$("$venv/bin/python" -c 'import os, pyspark; print(os.path.join(os.path.dirname(pyspark.__file__), "jars"))')

# 2. What MLeap needs besides, with the versions of its build.
fetch() { # fetch NAME GROUP:ARTIFACT:VERSION...
  local dir=$dest/$1 c; shift
  [ -d "$dir" ] && return
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>leapscore</groupId><artifactId>oracle</artifactId><version>1</version><dependencies>'
    for c in "$@"; do
      IFS=: read -r group artifact version <<< "$c"
      echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version>"
      echo '<exclusions><exclusion><groupId>junit</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>'
    done
    echo '</dependencies></project>'
  } > "$dest/pom.xml"
  mvn -q -B -f "$dest/pom.xml" dependency:copy-dependencies -DoutputDirectory="$dir"
}
fetch jars com.typesafe:config:1.4.2 io.spray:spray-json_2.13:1.3.6 org.scala-lang.modules:scala-collection-compat_2.13:2.8.1 \
  com.github.rwl:jtransforms:2.4.0 com.thesamet.scalapb:scalapb-runtime_2.13:0.11.13
fetch jars-codegen com.thesamet.scalapb:compilerplugin_2.12:0.11.13
rm -f "$dest"/jars/scala-library-*.jar "$dest"/jars/scala-reflect-*.jar # Spark's are newer

# 3. The classes of the bundle's protobuf messages.
gen=$dest/gen; mkdir -p "$gen/include"
for j in "$dest"/jars/protobuf-java-*.jar "$dest"/jars/scalapb-runtime_*.jar; do (cd "$gen/include" && unzip -qo "$j" '*.proto'); done
printf '#!/bin/bash\nexec java -cp "%s/jars-codegen/*" scalapb.ScalaPbCodeGenerator\n' "$dest" > "$gen/protoc-gen-scala"
chmod +x "$gen/protoc-gen-scala"; mkdir -p "$gen/scala"
"$venv/bin/python" -m grpc_tools.protoc --plugin=protoc-gen-scala="$gen/protoc-gen-scala" --scala_out=flat_package:"$gen/scala" \
  -I "$proto/bundle" -I "$gen/include" bundle.proto ext/ctree.proto ext/dtree.proto

# 4. What sbt would write: the version.
version=$(sed -n 's/.*version *:= *"\([^"]*\)".*/\1/p' "$src/version.sbt" 2>/dev/null || true)
cat > "$gen/scala/BuildValues.scala" <<P
package ml.combust.mleap
case object BuildValues {
  val name = "mleap-base"; val version = "${version:-0.25.2}"; val gitHeadCommit: Option[String] = None
  val toMap: Map[String, Any] = Map("name" -> name, "version" -> version, "gitHeadCommit" -> gitHeadCommit); val toJson = "{}"
}
P

# 5. MLeap's runtime in one go, since its Java and its Scala need each other; then the process.
jars=$(ls "$dest"/jars/*.jar "$spark"/{spark-mllib-local,spark-tags,breeze,spire,algebra,cats-kernel,scala-}*.jar \
  "$spark"/{blas,lapack,arpack,commons-math3,commons-lang3,slf4j-api}[-_]*.jar | tr '\n' ':')
modules="mleap-base mleap-tensor bundle-ml mleap-core mleap-runtime"
sources() { for m in $modules; do find "$src/$m/src/main" -name "*.$1"; done; }
scalac() { java -Xss16m -Xmx3g -cp "$jars" scala.tools.nsc.Main -nowarn -encoding UTF-8 -release 17 "$@"; }
if [ ! -f "$dest/mleap.built" ]; then
  rm -rf "$dest/mleap"; mkdir -p "$dest/mleap"
  scalac -cp "$jars" -d "$dest/mleap" $(find "$gen/scala" -name '*.scala') $(sources scala) $(sources java)
  javac -nowarn -XDignore.symbol.file -encoding UTF-8 -cp "$dest/mleap:$jars" -d "$dest/mleap" $(sources java)
  cp "$src/mleap-runtime/src/main/resources/reference.conf" "$dest/mleap/"
  touch "$dest/mleap.built"
fi
rm -rf "$dest/oracle"; mkdir -p "$dest/oracle"
scalac -cp "$dest/mleap:$jars" -d "$dest/oracle" "$here"/src/*.scala

# 6. The command. Everything that the default locale, zone or character set could change is fixed.
cat > "$dest/serve" <<P
#!/bin/bash
LC_ALL=C.UTF-8 exec java -Xmx2g -XX:+UseSerialGC -Dfile.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8 \\
  -Duser.language=en -Duser.country=US -Duser.timezone=UTC --add-opens=java.base/java.nio=ALL-UNNAMED \\
  -cp "$dest/oracle:$dest/mleap:$jars" leapscore.oracle.Serve
P
chmod +x "$dest/serve"
echo "built: $dest/serve"
