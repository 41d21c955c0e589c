--TEST--
php --ri ami_client shows version, build, TLS and limits
--EXTENSIONS--
ami_client
--FILE--
<?php
$extension = new ReflectionExtension('ami_client');
ob_start();
$extension->info();
$rows = [];
foreach (explode("\n", trim(ob_get_clean())) as $line) {
    if (str_contains($line, ' => ')) {
        [$name, $value] = explode(' => ', $line);
        $rows[$name] = $value;
    }
}
echo implode(', ', array_keys($rows)), "\n";
var_dump($rows['version'] === $extension->getVersion(), str_contains($rows['build'], 'PHP API'), ini_get_all('ami_client'));
echo implode(' ', array_keys($extension->getDependencies())), "\n";
?>

--EXPECT--
ami_client, version, build, TLS, largest response, event queue, pending actions
bool(true)
bool(true)
array(0) {
}
spl json
