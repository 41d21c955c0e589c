<?php

declare(strict_types=1);

// Prints classes with their constants, properties, methods, parameters and attributes.
echo new ReflectionExtension('ami_client');
foreach (new ReflectionExtension('ami_client')->getClasses() as $class) {
    foreach ($class->getMethods() as $method) {
        foreach ($method->getParameters() as $parameter) {
            foreach ($parameter->getAttributes() as $attribute) {
                echo "$class->name::$method->name(\$$parameter->name) {$attribute->getName()}\n";
            }
        }
    }
}
