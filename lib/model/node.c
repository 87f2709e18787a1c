/* gst-ptq
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nodes and their attributes.
 */
#include "model-private.h"
#include "wire-format.h"

#include <string.h>

static char **
copy_names (const gchar *const *names, size_t *n)
{
  char **copies;
  gsize i;

  *n = names ? g_strv_length ((gchar **) names) : 0;
  copies = g_new (char *, *n);
  for (i = 0; i < *n; i++)
    copies[i] = g_strdup (names[i]);

  return copies;
}

/**
 * ptq_node_new:
 * @op_type: an operator of the default domain
 * @name: (nullable): name of the node
 * @inputs: (nullable) (array zero-terminated=1): tensors read, "" for one left
 *   out
 * @outputs: (array zero-terminated=1): tensors written
 *
 * Returns: (transfer full): a node that is in no graph yet
 */
Onnx__NodeProto *
ptq_node_new (const gchar *op_type, const gchar *name,
    const gchar *const *inputs, const gchar *const *outputs)
{
  Onnx__NodeProto *node = g_new (Onnx__NodeProto, 1);

  onnx__node_proto__init (node);
  node->op_type = g_strdup (op_type);
  node->name = g_strdup (name);
  node->input = copy_names (inputs, &node->n_input);
  node->output = copy_names (outputs, &node->n_output);

  return node;
}

/**
 * ptq_node_copy:
 * @node: a node
 *
 * Returns: (transfer full): a copy of everything in it, subgraphs included,
 *   that is in no graph yet
 */
Onnx__NodeProto *
ptq_node_copy (const Onnx__NodeProto *node)
{
  return (Onnx__NodeProto *) ptq_wire_copy (&node->base);
}

void
ptq_node_free (Onnx__NodeProto *node)
{
  if (node)
    onnx__node_proto__free_unpacked (node, NULL);
}

gboolean
ptq_node_is_default_domain (const Onnx__NodeProto *node)
{
  return !node->domain || !*node->domain || !strcmp (node->domain, "ai.onnx");
}

gboolean
ptq_node_is (const Onnx__NodeProto *node, const gchar *op_type)
{
  return node->op_type && !strcmp (node->op_type, op_type)
      && ptq_node_is_default_domain (node);
}

static void
set_name (char ***names, size_t *n, guint index, const gchar *name)
{
  if (index >= *n) {
    *names = g_renew (char *, *names, index + 1);
    while (*n <= index)
      (*names)[(*n)++] = g_strdup ("");
  }
  g_free ((*names)[index]);
  (*names)[index] = g_strdup (name);
}

void
ptq_node_set_input (Onnx__NodeProto *node, guint index, const gchar *name)
{
  set_name (&node->input, &node->n_input, index, name);
}

void
ptq_node_set_output (Onnx__NodeProto *node, guint index, const gchar *name)
{
  set_name (&node->output, &node->n_output, index, name);
}

const gchar *
ptq_node_get_input (const Onnx__NodeProto *node, guint index)
{
  return index < node->n_input ? node->input[index] : "";
}

Onnx__AttributeProto *
ptq_node_get_attribute (const Onnx__NodeProto *node, const gchar *name)
{
  gsize i;

  for (i = 0; i < node->n_attribute; i++) {
    if (node->attribute[i]->name && !strcmp (node->attribute[i]->name, name))
      return node->attribute[i];
  }

  return NULL;
}

/* Some writers leave out a value that is 0 and say the type alone. */
static gboolean
is_of_type (const Onnx__AttributeProto *attribute,
    Onnx__AttributeProto__AttributeType type)
{
  return attribute->has_type && attribute->type == type;
}

gint64
ptq_node_get_int (
    const Onnx__NodeProto *node, const gchar *name, gint64 fallback)
{
  Onnx__AttributeProto *attribute = ptq_node_get_attribute (node, name);

  if (attribute
      && (attribute->has_i
          || is_of_type (
              attribute, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT)))
    return attribute->i;

  return fallback;
}

gfloat
ptq_node_get_float (
    const Onnx__NodeProto *node, const gchar *name, gfloat fallback)
{
  Onnx__AttributeProto *attribute = ptq_node_get_attribute (node, name);

  if (attribute
      && (attribute->has_f
          || is_of_type (
              attribute, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT)))
    return attribute->f;

  return fallback;
}

const gint64 *
ptq_node_get_ints (const Onnx__NodeProto *node, const gchar *name, gsize *n)
{
  static const gint64 nothing = 0;
  Onnx__AttributeProto *attribute = ptq_node_get_attribute (node, name);

  *n = attribute ? attribute->n_ints : 0;
  if (!attribute)
    return NULL;

  return attribute->n_ints ? attribute->ints : &nothing;
}

const gchar *
ptq_node_get_string (const Onnx__NodeProto *node, const gchar *name)
{
  Onnx__AttributeProto *attribute = ptq_node_get_attribute (node, name);

  if (!attribute
      || (!attribute->has_s
          && !is_of_type (
              attribute, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING)))
    return NULL;

  /* Terminated by the allocator that read it, or by ptq_node_set_string() */
  return attribute->s.len ? (const gchar *) attribute->s.data : "";
}

static gsize
find_attribute (const Onnx__NodeProto *node, const gchar *name)
{
  gsize i;

  for (i = 0; i < node->n_attribute; i++) {
    if (node->attribute[i]->name && !strcmp (node->attribute[i]->name, name))
      break;
  }

  return i;
}

/* An empty attribute, in the place of one of the same name */
static Onnx__AttributeProto *
replace_attribute (Onnx__NodeProto *node, const gchar *name,
    Onnx__AttributeProto__AttributeType type)
{
  Onnx__AttributeProto *attribute = g_new (Onnx__AttributeProto, 1);
  gsize at = find_attribute (node, name);

  onnx__attribute_proto__init (attribute);
  attribute->name = g_strdup (name);
  attribute->has_type = TRUE;
  attribute->type = type;

  if (at == node->n_attribute) {
    node->attribute = g_renew (Onnx__AttributeProto *, node->attribute, at + 1);
    node->n_attribute++;
  } else {
    onnx__attribute_proto__free_unpacked (node->attribute[at], NULL);
  }
  node->attribute[at] = attribute;

  return attribute;
}

void
ptq_node_set_int (Onnx__NodeProto *node, const gchar *name, gint64 value)
{
  Onnx__AttributeProto *attribute = replace_attribute (
      node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);

  attribute->has_i = TRUE;
  attribute->i = value;
}

void
ptq_node_set_float (Onnx__NodeProto *node, const gchar *name, gfloat value)
{
  Onnx__AttributeProto *attribute = replace_attribute (
      node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);

  attribute->has_f = TRUE;
  attribute->f = value;
}

void
ptq_node_set_ints (
    Onnx__NodeProto *node, const gchar *name, const gint64 *values, gsize n)
{
  /* Copied first: they may be the very attribute that is replaced. */
  gint64 *copy = g_memdup2 (values, n * sizeof *values);
  Onnx__AttributeProto *attribute = replace_attribute (
      node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);

  attribute->n_ints = n;
  attribute->ints = copy;
}

void
ptq_node_set_string (
    Onnx__NodeProto *node, const gchar *name, const gchar *value)
{
  gchar *copy = g_strdup (value);
  Onnx__AttributeProto *attribute = replace_attribute (
      node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING);

  attribute->has_s = TRUE;
  attribute->s.len = strlen (copy);
  attribute->s.data = (guint8 *) copy;
}

void
ptq_node_remove_attribute (Onnx__NodeProto *node, const gchar *name)
{
  gsize at = find_attribute (node, name);

  if (at == node->n_attribute)
    return;

  onnx__attribute_proto__free_unpacked (node->attribute[at], NULL);
  node->n_attribute--;
  memmove (node->attribute + at, node->attribute + at + 1,
      (node->n_attribute - at) * sizeof *node->attribute);
}
